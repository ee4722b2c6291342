import { X509Certificate } from 'node:crypto';
import Type from 'typebox';
import { httpUrl, onOff, providerKey, text } from './shapes.ts';

/** One that cannot be read would be left out without a word, and every connection refused for a reason that names none. */
function areCertificates(value: string): boolean {
  const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]*(?:-----END CERTIFICATE-----)?/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** The government's own platform; for the command line. */
export const GOV_SETTINGS = {
  govBaseUrl: httpUrl({
    default: 'https://api.clovastudio.go.kr',
    description: 'Host of CLOVA Studio GOV (of the government, not of NAVER Cloud), for npm run clova -- gov.',
    descriptionKo: '범정부 AI 공통기반 CLOVA Studio GOV의 주소입니다. npm run clova -- gov에서 사용합니다.',
  }),
  govApiKey: Type.Optional(
    providerKey({
      description: 'API key of CLOVA Studio GOV.',
      descriptionKo: 'CLOVA Studio GOV에서 발급받은 API 키입니다.',
    }),
  ),
  govCa: Type.Optional(
    Type.Refine(
      text({
        fromFile: true,
        description:
          'Certificates in PEM that are trusted besides the public ones, usually as GOV_CA_FILE: administrative networks have their own.',
        descriptionKo:
          '추가로 신뢰할 인증서(PEM)입니다. 행정망은 자체 인증서를 쓰므로 보통 GOV_CA_FILE에 파일 경로를 적습니다.',
      }),
      areCertificates,
      () => 'must be certificates in PEM form, whole ones that begin with -----BEGIN CERTIFICATE-----',
    ),
  ),
  govTenant: Type.Optional(
    Type.Refine(
      text({
        description: 'Organisation whose documents are meant, sent as CSG-TENANT-ID.',
        descriptionKo: '문서를 소유한 기관의 ID입니다. CSG-TENANT-ID 헤더로 보냅니다.',
      }),
      (value) => /^[\x21-\x7e]{1,200}$/.test(value),
      () => 'must be printable ASCII without blanks',
    ),
  ),
  govRag: onOff({
    default: false,
    description: 'Open the RAG42 commands. Parts of them follow no published page, so they are off until you try them.',
    descriptionKo: 'RAG42 명령을 엽니다. 공개된 명세가 없는 부분이 있어 기본으로 꺼 둡니다.',
  }),
};
