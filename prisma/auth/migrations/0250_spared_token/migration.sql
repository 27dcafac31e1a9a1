-- AlterTable
ALTER TABLE "auth"."revocation" ADD COLUMN "spared" TEXT;
