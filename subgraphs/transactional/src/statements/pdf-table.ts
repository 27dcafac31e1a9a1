/** Tables on the pages of a PDF: columns of given widths, numbers to the right, the head again on every page, long text on further lines. Lengths in points. */

export type Pdf = PDFKit.PDFDocument;

export interface Column {
  readonly title: string;
  /** Of the table's width. */
  readonly share: number;
  readonly right?: boolean;
}

export const FONT = { plain: 'plain', bold: 'bold' } as const;
const SIZE = 7.5;
const PADDING = 3;
const RULE = '#b8c0cc';
const SHADE = '#eef1f5';

export function table(pdf: Pdf, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const left = pdf.page.margins.left;
  const width = pdf.page.width - left - pdf.page.margins.right;
  const bottom = (): number => pdf.page.height - pdf.page.margins.bottom;
  const widths = columns.map(({ share }) => share * width);
  const options = (at: number): PDFKit.Mixins.TextOptions => ({ width: (widths[at] ?? 0) - 2 * PADDING, align: columns[at]?.right === true ? 'right' : 'left' });
  const heightOf = (cells: readonly string[]): number => Math.max(...cells.map((cell, at) => pdf.heightOfString(cell === '' ? ' ' : cell, options(at)))) + 2 * PADDING;
  const write = (cells: readonly string[], font: string, shade: boolean): void => {
    pdf.font(font).fontSize(SIZE).fillColor('#1b2430');
    const height = heightOf(cells);
    const top = pdf.y;
    if (shade) pdf.rect(left, top, width, height).fill(SHADE).fillColor('#1b2430');
    let x = left;
    for (const [at, cell] of cells.entries()) {
      pdf.text(cell, x + PADDING, top + PADDING, options(at));
      x += widths[at] ?? 0;
    }
    pdf.moveTo(left, top + height).lineTo(left + width, top + height).lineWidth(0.4).strokeColor(RULE).stroke();
    pdf.x = left;
    pdf.y = top + height;
  };
  const head = (): void => write(columns.map(({ title }) => title), FONT.bold, true);
  pdf.font(FONT.plain).fontSize(SIZE);
  if (pdf.y + 3 * heightOf([' ']) > bottom()) pdf.addPage();
  head();
  for (const row of rows) {
    pdf.font(FONT.plain).fontSize(SIZE);
    if (pdf.y + heightOf(row) > bottom()) {
      pdf.addPage();
      head();
    }
    write(row, FONT.plain, false);
  }
  pdf.moveDown(1);
}
