/**
 * How a measure of the paper is computed: as its released code does, oddities included, or with these put
 * right. Every result says which; docs/method.md lists the differences.
 */
export type Form = 'as-released' | 'corrected';
