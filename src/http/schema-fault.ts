/** What a schema has against a body, as a sentence for whoever wrote the call. */
import type { TLocalizedValidationError } from 'typebox/error';
import { foreignName } from '../channels/api-request.ts';

/** The first fault, by its place and without the value: `The field "recipients.0.id" is missing`. */
export function schemaFault(faults: readonly TLocalizedValidationError[]): string {
  // An unknown field is refused twice, first at a place that its name, which may be anything, is part of.
  const fault = faults.find(({ keyword }) => keyword !== 'boolean');
  if (fault === undefined) return 'The body is not what the schema asks for';
  const place = fault.instancePath.slice(1).replaceAll('/', '.');
  const subject = place === '' ? 'The body' : `The field "${place}"`;
  switch (fault.keyword) {
    case 'required': {
      const [missing = ''] = fault.params.requiredProperties;
      return `The field "${place === '' ? missing : `${place}.${missing}`}" is missing`;
    }
    case 'additionalProperties':
      return `${subject} has an unknown field ${foreignName(fault.params.additionalProperties[0] ?? '')}`;
    case 'enum':
      return `${subject} must be one of ${fault.params.allowedValues.join(', ')}`;
    default:
      return `${subject} ${fault.message}`;
  }
}
