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
};
