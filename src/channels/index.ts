export { createEventApi } from './kakao/event-api.ts';
export { createKakaoChannel, type PersonButton } from './kakao/index.ts';
export { beginsHarmlessly } from './naver/event-of-beginning.ts';
export { createNaverChannel } from './naver/index.ts';
export { namesPaymentRequest } from './naver/payment-request.ts';
export { createTestChannel } from './test/index.ts';
export { createWebChannel } from './web/index.ts';
