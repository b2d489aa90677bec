# Where artifacts wait to be deployed: `backend-api/<release>.tar.gz` with its checksum, and `infra/<commit>.zip`; and
# `current/<environment>/<service>`, which names the release that new instances take.

resource "aws_s3_bucket" "this" {
  bucket        = var.bucket
  force_destroy = var.force_destroy
}

data "aws_iam_policy_document" "bucket" {
  # What is deployed under a name stays what it was: whoever writes, a person too, must ask S3 to refuse an existing key.
  statement {
    sid     = "DenyOverwriting"
    effect  = "Deny"
    actions = ["s3:PutObject"]
    # All but what says which release is current, which a deployment moves.
    not_resources = ["${aws_s3_bucket.this.arn}/current/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["true"]
    }

    # The parts of a multipart upload can't carry that header; its completion must.
    condition {
      test     = "Bool"
      variable = "s3:ObjectCreationOperation"
      values   = ["true"]
    }
  }

  # Removing an artifact, to put another under its name, is nothing for a workflow, whatever its role is given one day.
  dynamic "statement" {
    for_each = local.github ? [1] : []

    content {
      sid       = "DenyRemovingFromGitHub"
      effect    = "Deny"
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"]
      resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:PrincipalArn"
        values   = [for role in aws_iam_role.github : role.arn]
      }
    }
  }
}

module "private" {
  source = "../private-bucket"

  bucket           = aws_s3_bucket.this.id
  arn              = aws_s3_bucket.this.arn
  policy_documents = [data.aws_iam_policy_document.bucket.json]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  dynamic "rule" {
    for_each = var.expire_after_days == null ? [] : [var.expire_after_days]

    content {
      id     = "old"
      status = "Enabled"

      # Not what names a current release; checksums stay as well, and weigh nothing.
      filter {
        object_size_greater_than = 1024
      }

      expiration {
        days = rule.value
      }
    }
  }

  depends_on = [module.private]
}
