/** What a command has at hand: settings, clients, input and output. */
import type { CommandLineSettings } from '../config/command-line-settings.ts';
import { type ClovaApi, openClovaApi } from '../engine/clova/apis/api.ts';
import { type ClovaChat, openClovaChat } from '../engine/clova/chat.ts';
import type { ClovaConnection } from '../engine/clova/connection.ts';
import { isWithdrawnModel, type ModelOverrides } from '../engine/clova/facts/models.ts';
import { readModelOverrides } from '../engine/clova/model-overrides.ts';
import type { GatewayError } from '../errors.ts';
import { type GovApi, openGov } from '../gov/api.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { randomId } from '../platform/ids.ts';
import type { Service } from './advice.ts';
import type { Terminal } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

export interface SessionOptions {
  readonly json?: boolean;
  readonly timeoutSeconds: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS = 4;

export const LK_IS_GONE =
  'LK 모델과 Completions API는 서비스가 끝났습니다. HyperCLOVA X 모델로 바꿔 주세요.\n' +
  '예: npm run clova -- chat --model HCX-007 "안녕하세요"';

export class Session {
  readonly terminal: Terminal;
  readonly settings: CommandLineSettings;
  readonly wantsJson: boolean;
  readonly #timeoutMs: number;
  /** Whose failures are to be explained: the one that was asked last. */
  service: Service = 'studio';
  readonly #closers: (() => Promise<void>)[] = [];
  #progressIsOpen = false;
  /** False: the service did what it was asked, and nothing good came of it. */
  succeeded = true;

  constructor(terminal: Terminal, settings: CommandLineSettings, { json = false, timeoutSeconds }: SessionOptions) {
    this.terminal = terminal;
    this.settings = settings;
    this.wantsJson = json;
    this.#timeoutMs = timeoutSeconds * 1_000;
  }

  /** A request of its own, with all the time that the person grants. */
  call(): AnswerCall {
    const { clock, signal } = this.terminal;
    return { requestId: randomId(), closesAt: clock.now() + this.#timeoutMs, signal };
  }

  get models(): ModelOverrides {
    const { clovaModels } = this.settings;
    return clovaModels === undefined ? {} : readModelOverrides(clovaModels);
  }

  /** The one that was named, else that of the settings.
   *  @throws WrongUse for a model that is no more */
  model(named: string | undefined): string {
    const model = named ?? this.settings.clovaModel;
    if (isWithdrawnModel(model)) throw new WrongUse(`${model}: ${LK_IS_GONE}`);
    return model;
  }

  /** @throws WrongUse without a key */
  studio(): ClovaApi {
    return this.#closing(openClovaApi(this.#connection(), { onRetry: (error, retry) => this.#sayRetry(error, retry) }));
  }

  /** @throws WrongUse without a key */
  chat(): ClovaChat {
    const deps = {
      onRetry: (error: GatewayError, retry: { readonly pauseMs: number }) => this.#sayRetry(error, retry),
    };
    return this.#closing(openClovaChat(this.#connection(), deps));
  }

  /** @throws WrongUse without a key */
  gov(): GovApi {
    const { govApiKey, govBaseUrl, govCa, govTenant } = this.settings;
    if (govApiKey === undefined) {
      throw new WrongUse('GOV_API_KEY가 없습니다. 환경 변수나 .env 파일에 CLOVA Studio GOV의 API 키를 적어 주세요.');
    }
    this.service = 'gov';
    return this.#closing(
      openGov(
        {
          baseUrl: govBaseUrl,
          apiKey: govApiKey,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          connections: CONNECTIONS,
          ...(govCa !== undefined && { ca: govCa }),
          ...(govTenant !== undefined && { tenant: govTenant }),
        },
        { onRetry: (error, retry) => this.#sayRetry(error, retry) },
      ),
    );
  }

  /** The result, for people or for programs. */
  print<Value>(value: Value, describe: (value: Value) => string): void {
    this.endProgress();
    this.terminal.print(this.wantsJson ? `${JSON.stringify(value, null, 2)}\n` : `${describe(value)}\n`);
  }

  /** Goes to standard error, so that it never mixes with the result; on a terminal it rewrites its line. */
  progress(text: string): void {
    if (this.terminal.errorsAreTerminal) this.terminal.printError(`\r\u001b[K${text}`);
    else this.terminal.printError(`${text}\n`);
    this.#progressIsOpen = this.terminal.errorsAreTerminal;
  }

  endProgress(): void {
    if (this.#progressIsOpen) this.terminal.printError('\n');
    this.#progressIsOpen = false;
  }

  async close(): Promise<void> {
    this.endProgress();
    for (const close of this.#closers.splice(0)) await close();
  }

  #connection(): ClovaConnection {
    const { clovaApiKey, clovaApigwKey, clovaBaseUrl, clovaPathPrefix } = this.settings;
    if (clovaApiKey === undefined) {
      throw new WrongUse(
        'CLOVA_API_KEY가 없습니다. 환경 변수나 .env 파일에 CLOVA Studio API 키를 적어 주세요. 키는 명령에 적지 않습니다.',
      );
    }
    return {
      apiKey: clovaApiKey,
      baseUrl: clovaBaseUrl,
      pathPrefix: clovaPathPrefix,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      firstTokenTimeoutMs: this.#timeoutMs,
      idleTimeoutMs: this.#timeoutMs,
      connections: CONNECTIONS,
      ...(clovaApigwKey !== undefined && { apigwKey: clovaApigwKey }),
    };
  }

  #closing<Client extends { close(): Promise<void> }>(client: Client): Client {
    this.#closers.push(() => client.close());
    return client;
  }

  #sayRetry(error: GatewayError, { pauseMs }: { readonly pauseMs: number }): void {
    const code = error.details.upstreamCode ?? error.details.networkCode ?? error.code;
    this.progress(`다시 시도합니다 (${code}, ${(pauseMs / 1_000).toFixed(1)}초 뒤)`);
  }
}
