/** Looks at our own certificate from outside, as TalkTalk does: an expired one is counted like an outage. */
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { EpochMs } from '../message.ts';

export type CertificateFinding =
  | { readonly kind: 'fine'; readonly daysLeft: number }
  | { readonly kind: 'expiring'; readonly daysLeft: number }
  | { readonly kind: 'expired'; readonly daysLeft: number }
  /** A caller with an ordinary list of authorities would refuse it: unknown authority, missing intermediate, other name. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  /** TalkTalk documents TLS 1.0 to 1.2, and not 1.3. */
  | { readonly kind: 'too-new' }
  /** Not necessarily a fault: not every network lets a machine call its own public address. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface InspectOptions {
  readonly now: EpochMs;
  readonly timeoutMs: number;
  /** Further authorities, PEM. */
  readonly ca?: string;
}

const DAY_MS = 24 * 60 * 60_000;
const WARN_DAYS = 14;

/** Never rejects. @param url https */
export async function inspectCertificate(url: URL, options: InspectOptions): Promise<CertificateFinding> {
  const first = await shakeHands(url, options, 'TLSv1.2');
  if (first.kind === 'failed') {
    const second = await shakeHands(url, options, 'TLSv1.3');
    return second.kind === 'failed' ? { kind: 'unreachable', reason: second.reason } : { kind: 'too-new' };
  }
  const { validTo, refusal } = first;
  const daysLeft = Math.floor((validTo - options.now) / DAY_MS);
  if (validTo <= options.now) return { kind: 'expired', daysLeft };
  if (refusal !== undefined) return { kind: 'untrusted', reason: refusal };
  return { kind: daysLeft <= WARN_DAYS ? 'expiring' : 'fine', daysLeft };
}

type Handshake =
  | { readonly kind: 'done'; readonly validTo: EpochMs; readonly refusal: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string };

function shakeHands(url: URL, options: InspectOptions, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<Handshake> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const connection: ConnectionOptions = {
    host,
    port: url.port === '' ? 443 : Number(url.port),
    // A name of an address is not allowed there.
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    maxVersion,
    // Looked at, not refused: nothing is sent over this connection.
    rejectUnauthorized: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };
  return new Promise((resolve) => {
    const socket: TLSSocket = connect(connection, () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      const refusal = socket.authorized ? undefined : String(socket.authorizationError);
      resolve({ kind: 'done', validTo: Date.parse(validTo), refusal });
      socket.destroy();
    });
    socket.setTimeout(options.timeoutMs, () => socket.destroy(new Error('TIMEOUT')));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ kind: 'failed', reason: error.code ?? error.message });
    });
  });
}

/** What the operator should do, in Korean; nothing where there is nothing to do or nothing is certain. */
export function certificateAdvice(finding: CertificateFinding, host: string): string | undefined {
  switch (finding.kind) {
    case 'fine':
    case 'unreachable':
      return undefined;
    case 'expiring':
      return `${host}의 인증서가 ${finding.daysLeft}일 뒤에 만료됩니다. 만료되면 네이버 톡톡이 웹훅을 정지하니 그 전에 갱신해 주세요.`;
    case 'expired':
      return `${host}의 인증서가 만료되었습니다. 바로 갱신한 뒤, 톡톡 파트너센터의 챗봇API 설정에서 ‘이벤트 받을 URL’을 다시 저장해 주세요.`;
    case 'untrusted':
      return `${host}의 인증서를 신뢰할 수 없습니다(${finding.reason}). 중간 인증서까지 포함한 전체 체인이 설치되어 있는지, 인증서의 도메인이 맞는지 확인해 주세요.`;
    case 'too-new':
      return `${host}가 TLS 1.2로는 연결되지 않습니다. 네이버 톡톡은 TLS 1.2까지만 지원한다고 안내하므로 TLS 1.2를 함께 켜 주세요.`;
  }
}
