-- AlterTable
ALTER TABLE "rttm"."instrument" ADD COLUMN     "quote_unit" TEXT;
ALTER TABLE "rttm"."instrument" ADD CONSTRAINT "instrument_quote_unit_check" CHECK ("quote_unit" IN ('GBX', 'ZAc', 'ILA'));
