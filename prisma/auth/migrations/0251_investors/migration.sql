-- AlterTable
ALTER TABLE "auth"."user" ADD COLUMN "investor_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];
