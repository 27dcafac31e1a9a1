-- Why a version came back into an earlier status: the custodian took the delivery back.
ALTER TABLE "trade_capture"."trade_version" ADD COLUMN     "status_reason" TEXT;
