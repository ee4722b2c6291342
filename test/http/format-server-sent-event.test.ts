import { describe, expect, it } from 'vitest';
import { formatServerSentEvent } from '../../src/http/format-server-sent-event.ts';

describe('formatServerSentEvent', () => {
  it('writes one line a field, whatever is inside', () => {
    expect(formatServerSentEvent({ event: 'delta', id: 't:1', data: { text: '가\n나' } })).toBe(
      'id: t:1\nevent: delta\ndata: {"text":"가\\n나"}\n\n',
    );
    expect(formatServerSentEvent({ event: 'a\ndata: x', data: undefined })).toBe('event: a data: x\ndata: null\n\n');
  });
});
