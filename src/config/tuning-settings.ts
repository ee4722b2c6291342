import Type from 'typebox';
import { providerKey } from './shapes.ts';

/** Training data of own models lies in Object Storage; for the command line. */
export const TUNING_SETTINGS = {
  objectStorageAccessKey: Type.Optional(
    providerKey({
      description: 'Access key of the Object Storage bucket with training data, for npm run clova -- tasks create.',
      descriptionKo:
        '학습 데이터를 둔 Object Storage의 Access Key입니다. npm run clova -- tasks create에서 사용합니다.',
    }),
  ),
  objectStorageSecretKey: Type.Optional(
    providerKey({
      description: 'Secret key that goes with it.',
      descriptionKo: '위 Access Key의 Secret Key입니다.',
    }),
  ),
};
