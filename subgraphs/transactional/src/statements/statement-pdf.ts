/**
 * A statement for people to read: A4, the same bytes for the same statement. Cash has its minor units; costs are shown to the minor unit, half-even, and
 * exactly in the CSV. Names are set in Latin, Greek or Cyrillic letters; what the font has no letter for is shown as a box.
 */
import { createRequire } from 'node:module';
import { type Currency, Decimal, minorUnits } from '@pms/money';
import PDFDocument from 'pdfkit';
import { balanceOf } from '../domain/cash.ts';
import type { PositionState } from '../domain/movement.ts';
import { nameOf, type Statement } from '../domain/statement.ts';
import { FONT, type Pdf, table } from './pdf-table.ts';
import { TOTALS } from './statement-csv.ts';

const MARGIN = 42;
const FOOT = 30;
const fonts = createRequire(import.meta.url);
const PLAIN = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf';
const BOLD = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf';

export async function statementPdf(statement: Statement): Promise<Buffer> {
  const { portfolio, from, to, knownAt } = statement;
  const title = `Statement of ${portfolio.name ?? portfolio.id}, ${from} to ${to}`;
  const made = new Date(knownAt);
  const pdf = new PDFDocument({
    size: 'A4', margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT / 2 }, bufferPages: true, lang: 'en', displayTitle: true,
    info: { Title: title, Subject: `As known at ${knownAt}`, Producer: 'PMS Platform', Creator: 'PMS Platform', CreationDate: made, ModDate: made },
  });
  const written = collected(pdf);
  pdf.registerFont(FONT.plain, fonts.resolve(PLAIN)).registerFont(FONT.bold, fonts.resolve(BOLD));
  heading(pdf, statement);
  cashTables(pdf, statement);
  holdings(pdf, `Holdings at the start, before ${from}`, statement.opening.holdings, statement);
  holdings(pdf, `Holdings at the end, on ${to}`, statement.closing.holdings, statement);
  movements(pdf, statement);
  footers(pdf, `${portfolio.id} · as known at ${knownAt}`);
  pdf.end();
  return written;
}

function collected(pdf: Pdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    pdf.on('data', (part: Buffer) => parts.push(part)).once('error', reject).once('end', () => resolve(Buffer.concat(parts)));
  });
}

function heading(pdf: Pdf, { portfolio, from, to, knownAt }: Statement): void {
  pdf.font(FONT.bold).fontSize(17).fillColor('#0f2a4a').text('Statement of account');
  pdf.moveDown(0.2).font(FONT.bold).fontSize(12).fillColor('#1b2430').text(portfolio.name ?? portfolio.id);
  pdf.moveDown(0.3).font(FONT.plain).fontSize(8.5)
    .text(`${from} to ${to}, both included`)
    .text(`Portfolio ${portfolio.id}, base currency ${portfolio.baseCurrency}`)
    .text(`As the books were known at ${knownAt}`);
  pdf.moveDown(1);
}

function section(pdf: Pdf, title: string): void {
  if (pdf.y > pdf.page.height - pdf.page.margins.bottom - 70) pdf.addPage();
  pdf.font(FONT.bold).fontSize(10).fillColor('#0f2a4a').text(title, pdf.page.margins.left);
  pdf.moveDown(0.35);
}

function cashTables(pdf: Pdf, { cash, totals }: Statement): void {
  section(pdf, 'Cash');
  const money = (amount: Decimal, currency: Currency): string => cents(amount, currency);
  const titles = ['', 'Traded balance', 'Settled', 'Receivable', 'Payable'];
  if (cash.length === 0) note(pdf, 'None.');
  else table(pdf, titles.map((title, at) => ({ title, share: 0.2, right: at > 0 })), cash.flatMap(({ currency, opening, closing }) => [
    [`${currency}, start`, ...[balanceOf(opening), opening.settled, opening.receivable, opening.payable].map((amount) => money(amount, currency))],
    [`${currency}, end`, ...[balanceOf(closing), closing.settled, closing.receivable, closing.payable].map((amount) => money(amount, currency))],
  ]));
  section(pdf, 'Results of the period, by currency');
  if (totals.length === 0) return note(pdf, 'None.');
  const share = 0.6 / totals.length;
  const shown = TOTALS.filter(([name]) => totals.some((total) => !total[name].isZero()));
  table(pdf, [{ title: '', share: 0.4 }, ...totals.map(({ currency }) => ({ title: currency, share, right: true }))],
    shown.map(([name, label]) => [label, ...totals.map((total) => cents(total[name], total.currency))]));
}

function note(pdf: Pdf, text: string): void {
  pdf.font(FONT.plain).fontSize(8).fillColor('#1b2430').text(text);
  pdf.moveDown(1);
}

function holdings(pdf: Pdf, title: string, held: readonly PositionState[], { names }: Statement): void {
  section(pdf, title);
  if (held.length === 0) return note(pdf, 'None.');
  table(pdf, [
    { title: 'Symbol', share: 0.14 }, { title: 'Name', share: 0.32 }, { title: 'Quantity', share: 0.2, right: true }, { title: 'Currency', share: 0.1 }, { title: 'Cost', share: 0.24, right: true },
  ], held.map(({ instrumentId, quantity, cost, currency }) => [nameOf(names, instrumentId), names.get(instrumentId)?.name ?? '', grouped(quantity.toFixed()), currency, cents(cost, currency)]));
}

function movements(pdf: Pdf, { movements: all }: Statement): void {
  section(pdf, 'Movements');
  if (all.length === 0) return note(pdf, 'None.');
  table(pdf, [
    { title: 'Date', share: 0.11 }, { title: 'No.', share: 0.07, right: true }, { title: 'What', share: 0.32 }, { title: '', share: 0.06 }, { title: 'Amount', share: 0.14, right: true },
    { title: 'Balance', share: 0.15, right: true }, { title: 'Settled', share: 0.15, right: true },
  ], all.map(({ entry, text, currency, amount, balance, settledBalance }) =>
    [entry.effectiveOn, String(entry.number), text, currency, cents(amount, currency), cents(balance, currency), cents(settledBalance, currency)]));
  note(pdf, 'Amount: change of the traded balance, which counts what trades owe and are owed. Settled: the cash that is there, after the movement.');
}

/** Once all pages are there. */
function footers(pdf: Pdf, text: string): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    pdf.page.margins.bottom = 0; // or writing there would begin another page
    const y = pdf.page.height - FOOT;
    const width = pdf.page.width - 2 * MARGIN;
    pdf.font(FONT.plain).fontSize(6.5).fillColor('#5b6675').text(text, MARGIN, y, { width, lineBreak: false });
    pdf.text(`Page ${page + 1} of ${count}`, MARGIN, y, { width, align: 'right', lineBreak: false });
  }
}

/** To the minor unit, half-even, whole numbers in groups of three: "-1,234.50". */
const cents = (amount: Decimal, currency: Currency): string => grouped(amount.toFixed(minorUnits(currency), Decimal.ROUND_HALF_EVEN));

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const groups = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

