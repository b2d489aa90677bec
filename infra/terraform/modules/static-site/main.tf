data "aws_caller_identity" "this" {}

locals {
  # S3's names are the world's: the account's id keeps them apart.
  bucket = "${var.name}-${data.aws_caller_identity.this.account_id}"
  tags   = { Service = var.service, Name = var.name }
}

resource "aws_s3_bucket" "this" {
  bucket        = local.bucket
  force_destroy = var.force_destroy

  tags = local.tags
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "former-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [module.private]
}

data "aws_iam_policy_document" "bucket" {
  # CloudFront, and of all distributions in the world this one. Without the right to list, S3 says 403 and not 404 for
  # what isn't there.
  statement {
    sid       = "ReadThroughCloudFront"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }
}

# A bad upload can be taken back: former versions stay for a while.
module "private" {
  source = "../private-bucket"

  bucket           = aws_s3_bucket.this.id
  arn              = aws_s3_bucket.this.arn
  policy_documents = [data.aws_iam_policy_document.bucket.json]
}
