-- AlterTable
ALTER TABLE "validation"."known_instrument" ADD COLUMN     "quote_unit" TEXT;
