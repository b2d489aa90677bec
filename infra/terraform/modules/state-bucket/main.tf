# Holds every Terraform state of this account, their lock files and, for a day or two, the plans that wait for an approval.

resource "aws_s3_bucket" "this" {
  bucket = var.bucket

  # Without the states nobody knows any more what is to be destroyed, so no `terraform destroy` takes this bucket along.
  # Taking everything down ends with it, by hand, after `terraform state rm` has made Terraform forget it.
  lifecycle {
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DenyOldTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}

# The way back from a broken state is its previous version. Passwords are write-only arguments and in no state.
module "private" {
  source = "../private-bucket"

  bucket           = aws_s3_bucket.this.id
  arn              = aws_s3_bucket.this.arn
  policy_documents = [data.aws_iam_policy_document.this.json]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "history"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.history_days
    }

    # Lock files come and go: of each only the marker of its deletion remains.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # A saved plan holds what its state holds, and is stale as soon as somebody else applies.
  rule {
    id     = "plans"
    status = "Enabled"

    filter {
      prefix = "plans/"
    }

    expiration {
      days = 1
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  # A rule about earlier versions means nothing before there are versions.
  depends_on = [module.private]
}
