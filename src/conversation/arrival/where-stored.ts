/** Where the store is, for what an operator is told to look at. */
export type StoredIn = 'data-directory' | 'postgres';

export const WHAT_TO_CHECK: Readonly<Record<StoredIn, string>> = {
  'data-directory': 'DATA_DIR의 디스크 상태와 남은 용량을 확인해 주세요.',
  postgres: 'PostgreSQL(DATABASE_URL)이 켜져 있고 연결되는지, 디스크에 남은 공간이 있는지 확인해 주세요.',
};
