import Type from 'typebox';
import { text, webhookUrl } from './shapes.ts';

/** The operator's own systems: payments, orders, consent. */
export const OPERATOR_HOOK_SETTINGS = {
  operatorHookUrl: Type.Optional(
    webhookUrl({
      secret: true,
      description:
        'Address of your own system that approves payments in the chat, looks up orders and hears of withdrawn consent: a signed POST, see the README. https, or this machine. Unset: no payment is ever approved.',
      descriptionKo:
        '채팅 결제를 승인하고 주문을 조회하며 동의 철회를 전달받을 운영 시스템의 주소입니다. 서명된 POST로 호출하며 형식은 README에 있습니다. https이거나 같은 컴퓨터여야 합니다. 없으면 어떤 결제도 승인하지 않습니다.',
    }),
  ),
  operatorHookSecret: Type.Optional(
    Type.Refine(
      text({
        secret: true,
        description:
          'Shared with that system, which checks the signature of every call with it; 16 characters or more.',
        descriptionKo: '그 시스템과 나눠 갖는 비밀값입니다. 호출의 서명을 확인하는 데 쓰며 16자 이상이어야 합니다.',
      }),
      (value) => value.length >= 16,
      () => 'must have 16 characters or more',
    ),
  ),
  orderLookupWords: Type.Array(Type.String(), {
    default: ['주문조회', '주문확인', '주문내역', '내주문', '배송조회', '배송확인', '배송현황', '운송장'],
    description:
      'TalkTalk messages with one of these words are a look-up: the customer is asked for the data below, and the system answers. Needs OPERATOR_HOOK_URL and DATA_KEY. Spaces do not count; separated by commas.',
    descriptionKo:
      '톡톡 고객의 말에 이 낱말이 있으면 아래 정보를 동의받아 운영 시스템에서 주문을 조회합니다. OPERATOR_HOOK_URL과 DATA_KEY가 있어야 합니다. 띄어쓰기는 구분하지 않으며, 쉼표로 구분해 적습니다.',
  }),
  orderLookupFields: Type.Array(Type.Enum(['phone', 'nickname', 'address']), {
    minItems: 1,
    uniqueItems: true,
    default: ['phone'],
    description: 'What a look-up needs of the customer: phone, nickname, address, separated by commas.',
    descriptionKo: '주문 조회에 필요한 고객 정보입니다. phone, nickname, address를 쉼표로 구분해 적습니다.',
  }),
  childData: Type.Enum(['refuse', 'collect'], {
    default: 'refuse',
    description:
      'Customers whom TalkTalk says to be under 14 (the open event tells): refuse to collect their data, or collect it because you have the consent of a guardian.',
    descriptionKo:
      '톡톡이 만 14세 미만으로 알려 준 고객입니다(open 이벤트를 받아야 압니다). refuse면 개인정보를 수집하지 않습니다. 보호자의 동의를 따로 받은 경우에만 collect로 바꾸세요.',
  }),
};
