-- A corporate action may realise a gain on a lot that stays open: nothing is closed of it then.
ALTER TABLE "transactional"."lot_closing" DROP CONSTRAINT "lot_closing_quantity_check";
