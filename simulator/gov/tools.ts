/** PII mask, embeddings, speech and documents. Source: docs.clovastudio.42maru.com, reference pages (undated). */
import { createHash } from 'node:crypto';
import { fileIn, GovFailure, isObject, textIn } from './failure.ts';

type Json = Readonly<Record<string, unknown>>;

/** Numbers as people write them; names, phone numbers and addresses are not among them. */
const PII: Readonly<Record<string, RegExp>> = {
  RRN: /\b\d{6}-[1-4]\d{6}\b/g,
  FRR: /\b\d{6}-[5-8]\d{6}\b/g,
  DRIVER_LICENSE: /\b\d{2}-\d{2}-\d{6}-\d{2}\b/g,
  PASSPORT: /\b[MS]\d{8}\b/g,
  CREDIT_CARD: /\b\d{4}-\d{4}-\d{4}-\d{4}\b/g,
  BANK_ACCOUNT: /\b\d{3}-\d{2}-\d{6}\b/g,
};

export function maskPii(body: Json): object {
  const text = textIn(body, 'text');
  const types = body.pii_types ?? Object.keys(PII);
  if (!Array.isArray(types) || types.some((type) => typeof type !== 'string' || !Object.hasOwn(PII, type))) {
    throw new GovFailure(422, 'Validation failed: pii_types');
  }
  let count = 0;
  let masked = text;
  for (const type of types as string[]) {
    masked = masked.replace(PII[type] ?? /$^/, (found) => {
      count += 1;
      return found.replace(/[A-Z0-9]/g, '*');
    });
  }
  return {
    status: { code: '20000', message: 'OK' },
    result: { model: 'pii-mask-v1', original_text: text, masked_text: masked, detected_pii_count: count },
    usage: { total_tokens: Math.ceil(text.length / 2) },
  };
}

export function embed(body: Json): object {
  const input = typeof body.input === 'string' ? [body.input] : body.input;
  if (!Array.isArray(input) || input.length === 0 || !input.every((text) => typeof text === 'string' && text !== '')) {
    throw new GovFailure(422, 'Validation failed: input');
  }
  const model = body.model ?? 'bge-m3';
  if (model !== 'bge-m3' && model !== 'rag42-embed-v1') throw new GovFailure(404, 'Unknown model');
  if (body.encoding_format !== undefined && body.encoding_format !== 'float' && body.encoding_format !== 'base64') {
    throw new GovFailure(422, 'Validation failed: encoding_format');
  }
  const data = (input as string[]).map((text, index) => ({ object: 'embedding', embedding: vectorOf(text), index }));
  const tokens = (input as string[]).reduce((sum, text) => sum + Math.ceil(text.length / 2), 0);
  // Nothing promises that the order is that of the texts.
  return { object: 'list', data: data.reverse(), model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function vectorOf(text: string): readonly number[] {
  const hash = createHash('sha256').update(text).digest();
  return Array.from({ length: 1_024 }, (_, at) => ((hash[at % hash.length] ?? 0) - 127.5) / 500);
}

export function transcribe(form: FormData): object {
  const file = fileIn(form);
  if (form.get('model') !== 'whisper-large-v3') throw new GovFailure(404, 'Unknown model');
  const format = form.get('response_format') ?? 'json';
  if (!['json', 'text', 'verbose_json'].includes(String(format))) {
    throw new GovFailure(422, 'Validation failed: response_format');
  }
  return {
    model: 'whisper-large-v3',
    text: `${file.name}에서 들은 말입니다.`,
    usage: { audio_duration_ms: file.size },
  };
}

/** A second of silence, as WAV says it. */
export function speak(body: Json): Uint8Array {
  textIn(body, 'input');
  textIn(body, 'model');
  const { speed } = body;
  if (speed !== undefined && !(typeof speed === 'number' && speed >= 0.5 && speed <= 2)) {
    throw new GovFailure(422, 'Validation failed: speed');
  }
  return Buffer.from('RIFF\u0000\u0000\u0000\u0000WAVE', 'latin1');
}

export function parseDocument(form: FormData): object {
  const file = fileIn(form);
  for (const [name, known] of [
    ['parser_type', ['auto', 'layout', 'file']],
    ['response_format', ['json', 'html']],
  ] as const) {
    const value = form.get(name);
    if (value !== null && !known.some((one) => one === value)) throw new GovFailure(422, `Validation failed: ${name}`);
  }
  const id = createHash('sha256').update(file.name).digest('hex').slice(0, 32);
  return { document_id: id, status: 'RUNNING_INFERENCE' };
}

export function jsonBody(value: unknown): Json {
  if (!isObject(value)) throw new GovFailure(422, 'Validation failed: body');
  return value;
}
