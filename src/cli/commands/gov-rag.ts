/** RAG42 of CLOVA Studio GOV: off until somebody opens it, since parts of it follow no published page. */
import { extname } from 'node:path';
import type { Command } from 'commander';
import {
  addChunk,
  changeChunk,
  createCollection,
  getChunk,
  getCollection,
  listChunks,
  listCollections,
  RAG_FILE_TYPES,
  type RagChunk,
  type RagCollection,
  uploadDocument,
} from '../../gov/rag42.ts';
import { searchCollection } from '../../gov/rag42-search.ts';
import { present } from '../../http-client/answer-fields.ts';
import { type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { readBytes } from '../input.ts';
import { wholeNumber } from '../option-values.ts';
import type { Session } from '../session.ts';
import { WrongUse } from '../wrong-use.ts';
import { askGov } from './ask-gov.ts';

export function addRag(gov: Command, performAny: Perform): void {
  const rag = gov
    .command('rag')
    .summary('문서를 모아 두고 찾습니다 (RAG42)')
    .description('문서를 모아 두고 찾습니다. 공개된 명세가 없는 부분이 있어 GOV_RAG=on으로 열어야 합니다.');
  const perform: Perform = (command, work) =>
    performAny(command, async (session) => {
      if (!session.settings.govRag) {
        throw new WrongUse(
          'RAG42 명령은 꺼져 있습니다. 공개된 명세가 없는 부분이 있으니, 써 보려면 GOV_RAG=on으로 여세요.',
        );
      }
      await work(session);
    });
  addCollections(rag, perform);
  addChunks(rag, perform);

  const search = takesText(rag.command('search <컬렉션ID>'), '찾을 말')
    .description('컬렉션에서 찾습니다. 명세가 공개되지 않아 요청과 응답을 짐작한 것입니다.')
    .option('--top <개>', '찾을 개수', wholeNumber, 5)
    .action((collectionId: string, words: string[], flags: TextFlags & { readonly top: number }) =>
      perform(search, async (session) => {
        const request = { query: await textFrom(session, words, flags), collectionId, topK: flags.top };
        const hits = await askGov(session, (api, call) => searchCollection(api, request, call));
        session.print(hits, (found) =>
          found.length === 0
            ? '찾은 것이 없습니다.'
            : found.map(({ title, text }) => `${title ?? ''}\n  ${text}`).join('\n'),
        );
      }),
    );
  withExamples(search, ['gov rag search 0a1b… "여권 수수료"', '컬렉션에서 찾습니다']);
}

function addCollections(rag: Command, perform: Perform): void {
  const list = rag
    .command('collections')
    .description('컬렉션 목록을 보여 줍니다 (주소만 알려진 기능).')
    .action(() =>
      perform(list, async (session) =>
        session.print(await askGov(session, listCollections), (all) =>
          all.length === 0
            ? '컬렉션이 없습니다. rag create로 만들 수 있습니다.'
            : all.map(describeCollection).join('\n'),
        ),
      ),
    );
  withExamples(list, ['gov rag collections', '목록을 봅니다']);

  const get = rag
    .command('collection <컬렉션ID>')
    .description('컬렉션 하나를 보여 줍니다.')
    .action((id: string) =>
      perform(get, async (session) =>
        session.print(await askGov(session, (api, call) => getCollection(api, id, call)), describeCollection),
      ),
    );
  withExamples(get, ['gov rag collection 0a1b…', '문서와 조각의 수를 봅니다']);

  const create = rag
    .command('create <이름>')
    .description('컬렉션을 만들고 그 ID를 알려 줍니다 (예제로만 알려진 기능).')
    .option('--description <글>', '설명')
    .action((name: string, flags: { readonly description?: string }) =>
      perform(create, async (session) => {
        const request = { name, ...present('description', flags.description) };
        session.print(
          { id: await askGov(session, (api, call) => createCollection(api, request, call)) },
          ({ id }) => id,
        );
      }),
    );
  withExamples(create, ['gov rag create "민원 안내"', '컬렉션을 만듭니다']);

  const upload = rag
    .command('upload <컬렉션ID> <파일...>')
    .description(`문서를 올리고 그 ID를 알려 줍니다. 받는 형식: ${RAG_FILE_TYPES.join(', ')}`)
    .action((collectionId: string, paths: string[]) =>
      perform(upload, (session) => uploadAll(session, collectionId, paths)),
    );
  withExamples(upload, ['gov rag upload 0a1b… 안내.pdf 요금.hwp', '문서 두 개를 올립니다']);
}

async function uploadAll(session: Session, collectionId: string, paths: readonly string[]): Promise<void> {
  // All of them before the first one goes, so that no upload is half done.
  const foreign = paths.filter((path) => !RAG_FILE_TYPES.includes(extname(path).slice(1).toLowerCase()));
  if (foreign.length > 0) {
    throw new WrongUse(`올릴 수 없는 형식입니다: ${foreign.join(', ')} (받는 형식: ${RAG_FILE_TYPES.join(', ')})`);
  }
  const files = paths.map((path) => ({ name: path, bytes: readBytes(session.terminal, path) }));
  const uploaded: { readonly file: string; readonly documentId: string }[] = [];
  for (const [index, file] of files.entries()) {
    session.progress(`올리는 중 ${index + 1} / ${files.length}: ${file.name}`);
    const documentId = await askGov(session, (api, call) => uploadDocument(api, { collectionId, file }, call));
    uploaded.push({ file: file.name, documentId });
  }
  session.print(uploaded, (all) => all.map(({ file, documentId }) => `${documentId}  ${file}`).join('\n'));
}

function addChunks(rag: Command, perform: Perform): void {
  const list = rag
    .command('chunks <컬렉션ID> <문서ID>')
    .description('문서가 나뉜 조각을 보여 줍니다.')
    .option('--size <개>', '보여 줄 수 (100까지)', wholeNumber, 20)
    .option('--from <번호>', '0부터', wholeNumber, 0)
    .action((collectionId: string, documentId: string, flags: { readonly size: number; readonly from: number }) =>
      perform(list, async (session) => {
        const request = { collectionId, documentId, ...flags };
        session.print(await askGov(session, (api, call) => listChunks(api, request, call)), ({ chunks, totalCount }) =>
          [...chunks.map(describeChunk), `모두 ${totalCount}개`].join('\n'),
        );
      }),
    );
  withExamples(list, ['gov rag chunks 0a1b… 9f8e…', '조각을 봅니다']);

  const get = rag
    .command('chunk <컬렉션ID> <문서ID> <조각ID>')
    .description('조각 하나를 보여 줍니다.')
    .action((collectionId: string, documentId: string, id: string) =>
      perform(get, async (session) =>
        session.print(
          await askGov(session, (api, call) => getChunk(api, { collectionId, documentId }, id, call)),
          describeChunk,
        ),
      ),
    );
  withExamples(get, ['gov rag chunk 0a1b… 9f8e… 77aa…', '조각의 내용을 봅니다']);

  const add = takesText(rag.command('add <컬렉션ID> <문서ID> <제목>'), '조각의 내용')
    .description('문서에 조각을 더하고 그 ID를 알려 줍니다.')
    .action((collectionId: string, documentId: string, title: string, words: string[], flags: TextFlags) =>
      perform(add, async (session) => {
        const request = { collectionId, documentId, title, content: await textFrom(session, words, flags) };
        session.print({ id: await askGov(session, (api, call) => addChunk(api, request, call)) }, ({ id }) => id);
      }),
    );
  withExamples(add, ['gov rag add 0a1b… 9f8e… 수수료 "여권은 5만 원입니다"', '조각을 더합니다']);

  const edit = rag
    .command('edit <컬렉션ID> <문서ID> <조각ID>')
    .description('조각의 제목이나 내용을 바꿉니다.')
    .option('--title <제목>', '새 제목')
    .option('--content <글>', '새 내용')
    .action(
      (
        collectionId: string,
        documentId: string,
        chunkId: string,
        flags: { readonly title?: string; readonly content?: string },
      ) =>
        perform(edit, async (session) => {
          await askGov(session, (api, call) => changeChunk(api, { collectionId, documentId, chunkId, ...flags }, call));
          session.print({ changed: chunkId }, () => `바꾸었습니다: ${chunkId}`);
        }),
    );
  withExamples(edit, ['gov rag edit 0a1b… 9f8e… 77aa… --content "여권은 5만 3천 원입니다"', '내용을 바꿉니다']);
}

function describeCollection({ id, name, documentCount = 0, chunkCount = 0 }: RagCollection): string {
  return `${id}  ${name}  (문서 ${documentCount}, 조각 ${chunkCount})`;
}

function describeChunk({ id, title, content }: RagChunk): string {
  return `${id}  ${title}\n  ${content}`;
}
