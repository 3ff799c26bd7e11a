"""Runs MiniStack with two condition keys of s3:PutObject that it lacks, s3:if-none-match and s3:ObjectCreationOperation,
as the S3 User Guide describes them under "Enforce conditional writes". MiniStack itself evaluates the policies.
"""
import sys

from ministack.app import main
from ministack.core import iam_actions

_object_context = iam_actions._s3_object_context


def _with_keys(action, query, path, headers):
    context = _object_context(action, query, path, headers)
    if action == "s3:PutObject" and path.lstrip("/").partition("/")[2]:
        # Creating a multipart upload and sending or copying a part create no object.
        context["s3:ObjectCreationOperation"] = str("uploads" not in query and "partNumber" not in query).lower()
        if headers.get("if-none-match"):
            context["s3:if-none-match"] = headers["if-none-match"]
    return context


iam_actions._s3_object_context = _with_keys
sys.exit(main())
