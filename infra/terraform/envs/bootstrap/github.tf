locals {
  github = var.github_repository != null

  # null without a repository: an account that nobody releases to from GitHub needs no door for it.
  oidc_provider_arn = local.github ? one(concat(aws_iam_openid_connect_provider.github[*].arn, data.aws_iam_openid_connect_provider.github[*].arn)) : null
}

# AWS trusts GitHub's certificate by its authority: a thumbprint isn't needed any more.
resource "aws_iam_openid_connect_provider" "github" {
  count = local.github && var.create_oidc_provider ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

# An account has one for an issuer: where another project made it, this one uses it.
data "aws_iam_openid_connect_provider" "github" {
  count = local.github && !var.create_oidc_provider ? 1 : 0

  url = "https://token.actions.githubusercontent.com"
}
