-- What fees of a trade in other currencies than that of its cash take.
ALTER TABLE "validation"."commitment" ADD COLUMN     "charges" JSONB;
