import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { browserClock } from './browser-clock.ts';
import { ChatPage } from './ChatPage.tsx';
import { ChatSession } from './chat-session.ts';
import { baseOf, HttpChatGateway } from './gateway.ts';
import { otherTabs } from './other-tabs.ts';
import { storedOutbox } from './outbox.ts';
import { chosenTheme, showTheme } from './preferences.ts';
import './chat.css';

showTheme(chosenTheme());

const base = baseOf(location.pathname);
const session = new ChatSession({
  gateway: new HttpChatGateway(base, browserClock),
  clock: browserClock,
  outbox: storedOutbox(() => sessionStorage, `malgil.outbox:${base}`),
  otherTabs: otherTabs(),
});
session.start();

// A phone that wakes up or finds its network again should not sit out the rest of a long wait.
window.addEventListener('online', () => session.retryNow());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') session.retryNow();
});

// The way back through the history shows a page as it was left, and tells it nothing of what it missed.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) session.lookAgain();
});

const container = document.getElementById('app');
if (container === null) throw new Error('The page has no #app');
createRoot(container).render(
  <StrictMode>
    <ChatPage session={session} draftName={`malgil.draft:${base}`} />
  </StrictMode>,
);
