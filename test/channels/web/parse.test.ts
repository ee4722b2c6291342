import { describe, expect, it } from 'vitest';
import { createWebChannel } from '../../../src/channels/web/index.ts';
import { countingIds, fixtureBytes, RECEIVED_AT, webhookRequest } from '../../helpers/channel-requests.ts';

const ID = 'AAECAwQFBgcICQoLDA0ODw';
const OTHER = 'BBECAwQFBgcICQoLDA0ODw';
const channel = createWebChannel({ botId: 'default', secrets: [], newId: countingIds() });
const parse = (body: unknown, headers: Record<string, string> = { cookie: `malgil_web_default=${ID}` }) =>
  channel.parse(webhookRequest(body, { headers }));

describe('the WEB channel, reading', () => {
  it('needs no secret unless one is configured', () => {
    expect(() => channel.verify(webhookRequest('{}'))).not.toThrow();
  });

  it('takes the conversation from the cookie, else from the header of the HTTP layer', () => {
    expect(parse({ query: 'a' }).conversation).toEqual({ botId: 'default', channel: 'web', user: ID });
    expect(parse({ query: 'a' }, { 'x-malgil-web-conversation': OTHER }).conversation.user).toBe(OTHER);
    expect(
      parse({ query: 'a' }, { cookie: `malgil_web_default=${ID}`, 'x-malgil-web-conversation': OTHER }).conversation
        .user,
    ).toBe(ID);
  });

  it.each([
    '',
    'malgil_web_default=short',
    `malgil_web_other=${ID}`,
    `malgil_web_default=${ID}x`,
    `malgil_web_default=${ID.slice(1)}!`,
  ])('refuses the cookie "%s"', (cookie) => {
    expect(() => parse({ query: 'a' }, { cookie })).toThrowError(/cookie/);
  });

  it('streams where the page asks for it', () => {
    const cookie = `malgil_web_default=${ID}`;
    expect(parse({ query: 'a' }).replyWindows).toEqual([{ mode: 'inline', closesAt: RECEIVED_AT + 120_000 }]);
    expect(parse({ query: 'a' }, { cookie, accept: 'text/event-stream' }).replyWindows).toEqual([{ mode: 'stream' }]);
  });

  it('reads resets and taps', () => {
    expect(parse(fixtureBytes('web/reset.json')).type).toBe('conversation-reset');
    expect(parse(fixtureBytes('web/tap.json'))).toMatchObject({
      type: 'message-received',
      input: 'tap',
      text: '환불 규정',
      action: { kind: 'ask', entryId: 'entry-7' },
    });
  });

  it.each([
    [{ action: 'delete' }, /"action"/],
    [{ action: 'reset', query: 'a' }, /alone/],
    [{ tap: 'malgil:person' }, /"query" is missing/],
    [{ tap: 'rm -rf', query: 'a' }, /"tap"/],
    [{ query: 'a', conversation: OTHER }, /"conversation"/],
  ])('refuses %j', (body, message) => {
    expect(() => parse(body)).toThrowError(message);
  });
});
