/** Commands that answer from documents: rerank and ragreason. */
import type { Command } from 'commander';
import { stripCitationTags } from '../../engine/clova/apis/citation-tags.ts';
import { answerWithSearch } from '../../engine/clova/apis/rag-reasoning.ts';
import { rerank, type SearchDocument } from '../../engine/clova/apis/reranker.ts';
import { present } from '../../http-client/answer-fields.ts';
import { type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { readDocuments } from '../input.ts';
import { wholeNumber } from '../option-values.ts';

interface Flags extends TextFlags {
  readonly documents: string;
  readonly maxTokens?: number;
}

const DOCUMENTS_HELP =
  '문서 파일. .json은 [{"id", "doc"}] 목록, .jsonl은 한 줄에 하나, 그 밖에는 빈 줄로 나뉜 문단이 문서입니다';

export function addSearchCommands(program: Command, perform: Perform): void {
  const rerankCommand = takesText(program.command('rerank'), '질문')
    .summary('질문에 답하는 문서를 고르고 답합니다 (리랭커)')
    .description('문서 가운데 질문에 답이 되는 것을 골라 그것으로 답합니다. 점수를 매기지는 않습니다.')
    .requiredOption('--documents <파일>', DOCUMENTS_HELP)
    .option('--max-tokens <개>', '답의 최대 토큰 수 (4,095까지)', wholeNumber)
    .action((words: string[], flags: Flags) =>
      perform(rerankCommand, async (session) => {
        const documents = readDocuments(session.terminal, flags.documents);
        const query = await textFrom(session, words, flags);
        const request = { query, documents, ...present('maxOutputTokens', flags.maxTokens) };
        session.print(await rerank(session.studio(), request, session.call()), (answer) =>
          answer.citedDocuments.length === 0
            ? `답이 되는 문서가 없습니다.${answer.suggestedQueries.map((one) => `\n이렇게 찾아보세요: ${one}`).join('')}`
            : `${stripCitationTags(answer.text)}\n${sources(answer.citedDocuments)}`,
        );
      }),
    );
  withExamples(rerankCommand, [
    'rerank --documents 안내.txt "환불은 며칠 걸려요?"',
    '문단 가운데 답이 되는 것을 고릅니다',
  ]);

  const reasonCommand = takesText(program.command('ragreason'), '질문')
    .summary('찾아 가며 근거를 달아 답합니다 (RAG Reasoning)')
    .description('모델이 검색을 부탁하면 문서 파일의 내용을 건네고, 근거를 단 답을 받습니다.')
    .requiredOption('--documents <파일>', DOCUMENTS_HELP)
    .option('--about <글>', '문서가 무엇에 대한 것인지 모델에게 알려 줍니다', '질문과 관련된 안내문을 찾는다.')
    .option('--max-rounds <회>', '검색할 수 있는 횟수', wholeNumber, 3)
    .option('--max-tokens <개>', '답의 최대 토큰 수 (1,024부터 4,095까지)', wholeNumber)
    .action((words: string[], flags: Flags & { readonly about: string; readonly maxRounds: number }) =>
      perform(reasonCommand, async (session) => {
        const documents = readDocuments(session.terminal, flags.documents);
        const request = {
          question: await textFrom(session, words, flags),
          searchDescription: flags.about,
          maxRounds: flags.maxRounds,
          search: async (query: string) => {
            session.progress(`검색: ${query}`);
            return documents;
          },
          ...present('maxOutputTokens', flags.maxTokens),
        };
        const ids = documents.map(({ id }) => id);
        session.print(await answerWithSearch(session.studio(), request, session.call()), ({ text, citedDocuments }) =>
          [stripCitationTags(text, ids), sources(citedDocuments)].filter((line) => line !== '').join('\n'),
        );
      }),
    );
  withExamples(reasonCommand, [
    'ragreason --documents 안내.jsonl "반품과 교환은 어떻게 다른가요?"',
    '찾은 문서를 근거로 답합니다',
  ]);
}

function sources(documents: readonly SearchDocument[]): string {
  return documents.map(({ id, doc }) => `  [${id}] ${doc.length > 80 ? `${doc.slice(0, 80)}…` : doc}`).join('\n');
}
