/** Documents into text. The platform takes the file and works on it; how to ask for the outcome is not published.
 *  Source: docs.clovastudio.42maru.com/docs/api-reference, document parser. */
import { FormData } from 'undici';
import { fieldsOf, textOf } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { type GovApi, requireText } from './api.ts';
import { fileOf, type GovFile } from './file.ts';

export const PARSER_TYPES = ['auto', 'layout', 'file'] as const;
export const PARSED_FORMATS = ['json', 'html'] as const;

export interface ParsingRequest {
  readonly file: GovFile;
  /** Which pages, in the platform's words; default all. */
  readonly pages?: string;
  readonly parserType?: (typeof PARSER_TYPES)[number];
  readonly format?: (typeof PARSED_FORMATS)[number];
}

export interface ParsingStarted {
  readonly documentId: string;
  /** `RUNNING_INFERENCE` */
  readonly status: string;
}

export function parseDocument(
  api: GovApi,
  { file, pages, parserType = 'auto', format = 'json' }: ParsingRequest,
  call: AnswerCall,
): Promise<ParsingStarted> {
  const form = new FormData();
  form.append('file', fileOf(file));
  if (pages !== undefined) form.append('pages', pages);
  form.append('parser_type', parserType);
  form.append('response_format', format);
  return api.send(
    {
      method: 'POST',
      path: '/v1/lomin/document/parse/async',
      body: form,
      read: (answer) => {
        const fields = answer.result === undefined ? answer : fieldsOf(answer.result);
        return { documentId: requireText(fields, 'document_id'), status: textOf(fields.status) ?? '' };
      },
      onlyOnce: true,
    },
    call,
  );
}
