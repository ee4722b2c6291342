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
