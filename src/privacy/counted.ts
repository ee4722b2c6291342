/** Behind a number: it is how many there are of something. */
export const UNIT_AFTER =
  /^\s?(?:원|만|억|천|백|번째|개|명|건|점|포인트|회|대|장|권|달러|엔|위안|유로|퍼센트|%|㎡|평|년|월|일|분|초|단계|미터|킬로|그램|리터|칼로리|바이트|(?:kg|g|km|m|cm|mm|ml|l|kcal|mb|gb|kb|p|px|w|v|hz)(?![a-z]))/i;
