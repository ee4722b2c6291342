/** What each failure means and what to do about it, for the person at the terminal. */
import type { GatewayError } from '../../errors.ts';
import type { UnfitReason } from '../../storage/dump/dump.ts';
import { EXIT } from '../exit.ts';

interface Advice {
  readonly exitCode: number;
  readonly text: string;
}

/** The file or the store is wrong, or the person has to do something first. */
const { failed, wrongUse } = EXIT;

const UNFIT: Readonly<Record<UnfitReason, Advice>> = {
  'store-missing': {
    exitCode: wrongUse,
    text: '여기에는 저장소가 없습니다. DATA_DIR과 DATABASE_URL이 서버의 설정과 같은지 확인해 주세요.',
  },
  'store-older': {
    exitCode: wrongUse,
    text: '예전 버전이 쓰던 저장소입니다. 이 버전의 말길을 한 번 시작하면 새 형식으로 바뀝니다. 그런 다음 다시 해 주세요.',
  },
  'store-unfinished': {
    exitCode: wrongUse,
    text: '이 저장소로 가져오던 작업(import)이 중간에 끊겼습니다. 담긴 것은 없습니다. 파일을 다시 가져와 주세요.',
  },
  'store-newer': { exitCode: wrongUse, text: '더 새로운 버전이 쓰던 저장소입니다. 그 버전의 말길로 해 주세요.' },
  'store-not-empty': {
    exitCode: wrongUse,
    text: '저장소가 비어 있지 않습니다. 빈 저장소에만 가져올 수 있고, 두 저장소를 합칠 수는 없습니다. 다른 DATA_DIR이나 새 데이터베이스를 쓰세요.',
  },
  'store-in-use': {
    exitCode: wrongUse,
    text: '이 데이터베이스를 쓰는 말길 서버가 있습니다. 모두 멈춘 뒤 다시 해 주세요. 갑자기 꺼진 서버라면 10초쯤 기다리면 됩니다.',
  },
  'store-damaged': {
    exitCode: failed,
    text: '저장소가 손상되었습니다. 백업을 남기지 않았습니다. 이전 백업을 지우지 말고 보관해 주세요.',
  },
  'store-differs': {
    exitCode: failed,
    text: '저장한 내용이 파일과 다릅니다. 아무것도 가져오지 않았습니다. 디스크에 이상이 없는지 확인해 주세요.',
  },
  'file-missing': { exitCode: wrongUse, text: '파일이 없습니다.' },
  'file-unreadable': { exitCode: failed, text: '파일을 읽을 수 없습니다.' },
  'file-foreign': { exitCode: failed, text: '말길이 내보낸 파일이 아닙니다.' },
  'file-newer': { exitCode: failed, text: '더 새로운 버전이 내보낸 파일입니다. 그 버전의 말길로 해 주세요.' },
  'file-cut': { exitCode: failed, text: '파일이 중간에서 끊겼습니다. 다시 내보내거나 다시 복사해 주세요.' },
  'file-damaged': { exitCode: failed, text: '파일이 손상되었습니다. 다시 내보내거나 다시 복사해 주세요.' },
  'file-exists': {
    exitCode: wrongUse,
    text: '같은 이름의 파일이 이미 있습니다. 덮어쓰려면 --force를 붙이거나 다른 이름을 적어 주세요.',
  },
  'file-of-malgil': {
    exitCode: wrongUse,
    text: '말길이 DATA_DIR에서 쓰는 파일입니다. --force를 붙여도 덮어쓰지 않습니다. backup.sqlite처럼 다른 이름을 적어 주세요.',
  },
  'file-not-regular': {
    exitCode: wrongUse,
    text: '이 이름에는 보통 파일이 아닌 것(폴더, 링크, 장치, 파이프)이 있습니다. --force를 붙여도 덮어쓰지 않습니다. 다른 이름을 적어 주세요.',
  },
  'file-unwritable': {
    exitCode: failed,
    text: '파일을 쓸 수 없습니다. 폴더가 있는지, 권한과 남은 공간이 충분한지 확인해 주세요.',
  },
};

export function adviseOn(error: GatewayError): Advice {
  const { code, message, details, cause } = error;
  switch (code) {
    case 'STORE_UNFIT':
      return withFacts(UNFIT[details.reason as UnfitReason], factsOf(details));
    case 'DATA_DIR_IN_USE':
      return withFacts({ exitCode: wrongUse, text: '서버가 켜져 있습니다. 멈춘 뒤 다시 해 주세요.' }, factsOf(details));
    case 'SETTINGS_INVALID':
      return { exitCode: wrongUse, text: message };
    case 'STORE_BUSY':
      return withFacts({ exitCode: failed, text: '저장소가 바쁘거나 응답하지 않습니다. 잠시 뒤 다시 해 주세요.' }, [
        message,
      ]);
    default: {
      const reason = cause instanceof Error ? [cause.message] : [];
      return withFacts({ exitCode: failed, text: '저장소를 쓸 수 없습니다. 아무것도 바꾸지 않았습니다.' }, [
        message,
        ...reason,
      ]);
    }
  }
}

function factsOf({ reason: _, ...details }: GatewayError['details']): readonly string[] {
  return Object.entries(details).map(([name, value]) => `${name} ${value}`);
}

function withFacts({ exitCode, text }: Advice, facts: readonly string[]): Advice {
  return { exitCode, text: facts.length === 0 ? text : `${text}\n[${facts.join(', ')}]` };
}
