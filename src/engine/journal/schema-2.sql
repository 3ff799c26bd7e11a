-- Whether a request may have stored the upload without an answer.
ALTER TABLE uploads ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;

-- Until now every small file that was left open might have been sent.
UPDATE uploads SET doubted = 1 WHERE state = 0 AND upload_id IS NULL;

-- Rows of uploads, first and last, whose PutObject may be out.
CREATE TABLE puts (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- For what was delivered of a folder earlier.
CREATE INDEX uploads_by_folder ON uploads (folder);
