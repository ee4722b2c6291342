import { createFieldRules } from '../../answer-fields.ts';
import { UPSTREAM } from '../errors.ts';

export const { requireText, requireList, requireNumber, refuseInput, checkText, checkWhole, pathPart } =
  createFieldRules(UPSTREAM);
