-- AlterTable
ALTER TABLE "auth"."service_client" ADD COLUMN "previous_secret_hash" TEXT,
ADD COLUMN "previous_secret_valid_until" TIMESTAMPTZ(6);
