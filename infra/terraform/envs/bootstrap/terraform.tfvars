# Who hears of a bill that grows: the only value that nobody can guess.
# budget_emails = ["platform@example.com"]

# What a month may cost, in US dollars, for the whole account.
budget_amount = 200

# Set these to release from GitHub Actions; without them releases are made by hand.
# github_repository    = "your-company/d2-chatops"
# create_oidc_provider = true

# The account has some of these as soon as anybody used the service: leave out what
# `aws iam list-roles --path-prefix /aws-service-role/ --query 'Roles[].RoleName'` lists.
service_linked_roles = [
  "autoscaling.amazonaws.com",
  "ecs.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "rds.amazonaws.com",
]
