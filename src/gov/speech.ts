/** Speech to text and back. The transcription is documented, speech is known from another client.
 *  Source: docs.clovastudio.42maru.com/docs/api-reference. */
import { FormData } from 'undici';
import { fieldsOf, numberOf, present } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { brokenAnswer } from '../http-client/upstream-failure.ts';
import { checkText, type GovApi, refuseInput, requireText, UPSTREAM } from './api.ts';
import { fileOf, type GovFile } from './file.ts';

export interface Transcription {
  readonly text: string;
  readonly durationMs?: number;
}

export interface Speech {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

const TRANSCRIPTION_MODEL = 'whisper-large-v3';

export function transcribe(
  api: GovApi,
  { file, model = TRANSCRIPTION_MODEL }: { readonly file: GovFile; readonly model?: string },
  call: AnswerCall,
): Promise<Transcription> {
  const form = new FormData();
  form.append('file', fileOf(file));
  form.append('model', model);
  form.append('response_format', 'json');
  return api.send(
    {
      method: 'POST',
      path: '/v1/audio/transcriptions',
      body: form,
      read: (answer) => ({
        text: requireText(answer, 'text'),
        ...present('durationMs', numberOf(fieldsOf(answer.usage).audio_duration_ms)),
      }),
    },
    call,
  );
}

/** `speed` 0.5..2, default 1. */
export function speak(
  api: GovApi,
  { text, model, speed }: { readonly text: string; readonly model: string; readonly speed?: number },
  call: AnswerCall,
): Promise<Speech> {
  checkText('input', text);
  if (speed !== undefined && !(speed >= 0.5 && speed <= 2)) refuseInput('speed', 'a number from 0.5 to 2');
  return api.send(
    {
      method: 'POST',
      path: '/v1/audio/speech',
      body: { input: text, model, stream_format: 'audio', ...present('speed', speed) },
      read: () => {
        throw brokenAnswer(UPSTREAM, 'is no sound');
      },
      readBytes: (bytes, mediaType) => {
        if (bytes.length === 0) throw brokenAnswer(UPSTREAM, 'is empty');
        return { bytes, mediaType };
      },
    },
    call,
  );
}
