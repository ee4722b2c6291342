/** Where conversations are kept when the embedded database is not enough. */
import Type from 'typebox';
import { wholeNumber } from './shapes.ts';

export const DATABASE_SETTINGS = {
  databaseUrl: Type.Optional(
    Type.Refine(
      Type.String({
        secret: true,
        description:
          'PostgreSQL (14 or newer) instead of the embedded database, as postgres://user:password@host:5432/name; several replicas may share it. Each replica still needs a DATA_DIR of its own.',
        descriptionKo:
          '내장 데이터베이스 대신 쓸 PostgreSQL(14 이상) 주소입니다. postgres://사용자:비밀번호@호스트:5432/이름 형식이며 여러 서버가 함께 쓸 수 있습니다. DATA_DIR은 서버마다 따로 두어야 합니다.',
      }),
      isPostgresUrl,
      () => 'must be an address such as postgres://user:password@host:5432/name',
    ),
  ),
  databasePoolSize: wholeNumber({
    minimum: 1,
    maximum: 500,
    default: 10,
    description:
      'Connections to PostgreSQL that one replica opens at most, besides two for signs of life and notifications. They are opened before /readyz says ready, and stay open. Where the database allows fewer, what it gave is used, and the log warns with how many that is.',
    descriptionKo:
      '서버 하나가 PostgreSQL에 여는 최대 연결 수입니다. /readyz가 준비되었다고 답하기 전에 모두 열어 계속 유지하며, 상태 확인과 알림에 쓰는 연결 두 개는 따로 엽니다. 데이터베이스가 그만큼 허용하지 않으면 얻은 연결만 쓰고, 몇 개를 얻었는지 로그에 경고로 남깁니다.',
  }),
  databaseConnectTimeoutMs: wholeNumber({
    minimum: 100,
    maximum: 60_000,
    default: 2_000,
    description: 'How long to wait for a connection to PostgreSQL, new or free.',
    descriptionKo: 'PostgreSQL 연결을 새로 열거나 빈 연결을 얻을 때까지 기다리는 시간(밀리초)입니다.',
  }),
  databaseStartWaitSeconds: wholeNumber({
    minimum: 0,
    maximum: 600,
    default: 30,
    description: 'How long a start waits for a PostgreSQL that does not answer yet; then it says why and ends.',
    descriptionKo:
      '서버를 켤 때 PostgreSQL이 아직 응답하지 않으면 기다리는 최대 시간(초)입니다. 지나면 이유를 알리고 종료합니다.',
  }),
  databaseStatementTimeoutMs: wholeNumber({
    minimum: 100,
    maximum: 600_000,
    default: 5_000,
    description: 'How long one statement may take; PostgreSQL ends it then.',
    descriptionKo: 'SQL 문 하나의 제한 시간(밀리초)입니다. 지나면 PostgreSQL이 중단합니다.',
  }),
  databaseLockTimeoutMs: wholeNumber({
    minimum: 10,
    maximum: 600_000,
    default: 1_000,
    description: 'How long a statement may wait for what another one has locked.',
    descriptionKo: '다른 작업이 잠근 데이터를 기다리는 시간(밀리초)입니다.',
  }),
};

function isPostgresUrl(value: string): boolean {
  if (!/^postgres(ql)?:\/\/\S+$/.test(value) || !URL.canParse(value)) return false;
  const { hostname, pathname } = new URL(value);
  return hostname !== '' && /^\/[^/]+$/.test(pathname);
}
