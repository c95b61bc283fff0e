/** The budget of a file: beyond it an import ends with a sentence that names the limit. */

/** Columns of a table. */
export const mostColumns = 4096;
/** Characters of a cell; a longer one is a quote that nobody closed, or no value of a log. */
export const longestCell = 2 ** 20;
/** Characters of a row. */
export const longestRow = 2 ** 23;
/** Rows of one row group of a Parquet file, whose columns are decoded whole. */
export const mostGroupRows = 2 ** 24;
/** Bytes that one page of a Parquet file unpacks to. */
export const largestPage = 2 ** 28;
