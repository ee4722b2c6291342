/** The services of CLOVA Studio GOV. */
import type { Command } from 'commander';
import { PARSED_FORMATS, PARSER_TYPES, type ParsingRequest, parseDocument } from '../../gov/document-parsing.ts';
import { embedGovTexts, GOV_EMBEDDING_MODELS } from '../../gov/embeddings.ts';
import { maskPii, PII_TYPES, type PiiType } from '../../gov/pii-mask.ts';
import { speak, transcribe } from '../../gov/speech.ts';
import { present } from '../../http-client/answer-fields.ts';
import { choice, type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { linesOf, readBytes } from '../input.ts';
import { anyNumber } from '../option-values.ts';
import { checkTarget, writeBytes } from '../output.ts';
import type { Session } from '../session.ts';
import { WrongUse } from '../wrong-use.ts';
import { askGov } from './ask-gov.ts';
import { addRag } from './gov-rag.ts';

export function addGov(program: Command, perform: Perform): void {
  const gov = program
    .command('gov')
    .summary('범정부 AI 공통기반 CLOVA Studio GOV의 도구를 씁니다')
    .description(
      '범정부 AI 공통기반 CLOVA Studio GOV의 도구를 씁니다. 키는 GOV_API_KEY, 주소는 GOV_BASE_URL, ' +
        '행정망 인증서는 GOV_CA_FILE, 기관 ID는 GOV_TENANT에 적습니다.',
    );
  addPii(gov, perform);
  addGovEmbed(gov, perform);
  addSpeech(gov, perform);
  addParse(gov, perform);
  addRag(gov, perform);
}

function addPii(gov: Command, perform: Perform): void {
  const command = takesText(gov.command('pii'), '가릴 글')
    .description(
      '주민등록번호, 외국인등록번호, 운전면허번호, 여권번호, 계좌번호, 카드번호를 별표로 가립니다. ' +
        '이름, 전화번호, 이메일, 주소는 가리지 않습니다.',
    )
    .option('--types <종류>', `가릴 종류를 쉼표로. ${PII_TYPES.join(', ')}. 없으면 모두`)
    .action((words: string[], flags: TextFlags & { readonly types?: string }) =>
      perform(command, async (session) => {
        const text = await textFrom(session, words, flags);
        const request = { text, ...present('types', piiTypes(flags.types)) };
        session.print(await askGov(session, (api, call) => maskPii(api, request, call)), (masked) => masked.text);
      }),
    );
  withExamples(command, ['gov pii "계좌 302-99-123456으로 보내 주세요"', '알아볼 수 있는 번호를 모두 가립니다']);
}

function piiTypes(written: string | undefined): readonly PiiType[] | undefined {
  return written?.split(',').map((name) => {
    const type = PII_TYPES.find((known) => known === name.trim().toUpperCase());
    if (type === undefined) throw new WrongUse(`가릴 수 있는 종류: ${PII_TYPES.join(', ')}`);
    return type;
  });
}

function addGovEmbed(gov: Command, perform: Perform): void {
  const command = takesText(gov.command('embed'), '벡터로 바꿀 글')
    .description('글을 벡터로 바꿉니다. 한 줄이 글 하나이며, 한 번의 요청으로 모두 바꿉니다.')
    .addOption(choice('--model <이름>', '모델', GOV_EMBEDDING_MODELS).default(GOV_EMBEDDING_MODELS[0]))
    .action((words: string[], flags: TextFlags & { readonly model: string }) =>
      perform(command, async (session) => {
        const texts = linesOf(await textFrom(session, words, flags));
        const request = { texts, model: flags.model };
        session.print(await askGov(session, (api, call) => embedGovTexts(api, request, call)), ({ vectors, model }) =>
          vectors.map((vector, index) => `${model}: ${vector.length}차원  ${texts[index] ?? ''}`).join('\n'),
        );
      }),
    );
  withExamples(command, ['gov embed --file 질문들.txt --json', '줄마다 벡터 하나']);
}

function addSpeech(gov: Command, perform: Perform): void {
  const hear = gov
    .command('transcribe <파일>')
    .description('음성 파일을 글로 옮깁니다.')
    .action((path: string) =>
      perform(hear, async (session) => {
        const file = fileOf(session, path);
        session.print(await askGov(session, (api, call) => transcribe(api, { file }, call)), ({ text }) => text);
      }),
    );
  withExamples(hear, ['gov transcribe 민원전화.wav', '글로 옮깁니다']);

  const say = takesText(gov.command('speak'), '읽을 글')
    .description('글을 소리로 바꿉니다. 공개된 명세가 없어 다른 프로그램의 방식을 따릅니다.')
    .requiredOption('--out <파일>', '소리를 담을 파일')
    .requiredOption('--model <이름>', '음성 모델')
    .option('--speed <배>', '0.5부터 2까지', anyNumber)
    .option('--force', '이미 있는 파일을 덮어씁니다')
    .action(
      (
        words: string[],
        flags: TextFlags & {
          readonly out: string;
          readonly model: string;
          readonly speed?: number;
          readonly force?: boolean;
        },
      ) =>
        perform(say, async (session) => {
          checkTarget(session.terminal, flags.out, flags.force === true);
          const text = await textFrom(session, words, flags);
          const request = { text, model: flags.model, ...present('speed', flags.speed) };
          const { bytes, mediaType } = await askGov(session, (api, call) => speak(api, request, call));
          writeBytes(session.terminal, flags.out, bytes);
          session.print({ file: flags.out, mediaType, sizeBytes: bytes.length }, () => `${flags.out} (${mediaType})`);
        }),
    );
  withExamples(say, ['gov speak --model 음성모델 --out 안내.wav "민원실은 9시에 엽니다"', '소리 파일을 만듭니다']);
}

function addParse(gov: Command, perform: Perform): void {
  const command = gov
    .command('parse <파일>')
    .description(
      '문서 분석을 맡기고 문서 ID를 받습니다. 결과를 받는 방법은 공개되어 있지 않으므로 콘솔에서 확인합니다.',
    )
    .option('--pages <쪽>', '분석할 쪽')
    .addOption(choice('--parser <종류>', '분석 방식', PARSER_TYPES).default('auto'))
    .addOption(choice('--format <형식>', '결과의 형식', PARSED_FORMATS).default('json'))
    .action(
      (
        path: string,
        flags: {
          readonly pages?: string;
          readonly parser: NonNullable<ParsingRequest['parserType']>;
          readonly format: NonNullable<ParsingRequest['format']>;
        },
      ) =>
        perform(command, async (session) => {
          const request = {
            file: fileOf(session, path),
            parserType: flags.parser,
            format: flags.format,
            ...present('pages', flags.pages),
          };
          session.progress(`올리는 중: ${path} (${request.file.bytes.length.toLocaleString('en')}바이트)`);
          session.print(
            await askGov(session, (api, call) => parseDocument(api, request, call)),
            ({ documentId, status }) => `${documentId}  ${status}`,
          );
        }),
    );
  withExamples(command, ['gov parse 공고문.hwp', '분석을 맡깁니다']);
}

function fileOf(session: Session, path: string) {
  return { name: path, bytes: readBytes(session.terminal, path) };
}
