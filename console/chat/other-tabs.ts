/** The tabs of a browser have one conversation. They tell each other only that it has changed; what it is now, the server says. */
export interface OtherTabs {
  tell(): void;
  onTold(look: () => void): void;
}

export function otherTabs(): OtherTabs {
  const channel = new BroadcastChannel('malgil.conversation');
  return {
    tell: () => channel.postMessage('changed'),
    onTold(look) {
      channel.onmessage = () => look();
    },
  };
}
