/** Values of command-line switches; what is wrong with them is said in Korean. */
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('0 이상의 정수를 입력해 주세요.');
  return Number(text);
}

/** @throws InvalidArgumentError */
export function countingNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('1 이상의 정수를 입력해 주세요.');
  return value;
}

/** @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('0보다 큰 숫자를 입력해 주세요.');
  return value;
}

/** @throws InvalidArgumentError */
export function httpStatus(text: string): number {
  if (!/^[2-5]\d\d$/.test(text)) throw new InvalidArgumentError('200부터 599까지의 HTTP 상태를 입력해 주세요.');
  return Number(text);
}

const LAST_PORT = 65_535;

/** 0 takes a free one. @throws InvalidArgumentError */
export function portNumber(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > LAST_PORT) {
    throw new InvalidArgumentError(`0부터 ${LAST_PORT}까지의 포트 번호를 입력해 주세요.`);
  }
  return Number(text);
}

/** @returns the address as it was typed
 *  @throws InvalidArgumentError */
export function httpUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('http:// 또는 https://로 시작하는 주소를 입력해 주세요.');
  }
  return text;
}
