-- CreateTable
CREATE TABLE "auth"."revocation" (
    "subject" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "revocation_pkey" PRIMARY KEY ("subject")
);

-- CreateIndex
CREATE INDEX "revocation_at_idx" ON "auth"."revocation"("at");
