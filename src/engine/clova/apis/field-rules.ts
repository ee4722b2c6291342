import { createFieldRules } from '../../../http-client/answer-fields.ts';
import { UPSTREAM } from '../errors.ts';

export const { requireText, requireList, requireNumber, refuseInput, checkText, checkWhole, pathPart } =
  createFieldRules(UPSTREAM);
