resource "aws_cognito_user_pool" "this" {
  name                     = var.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  mfa_configuration        = "OPTIONAL"

  # People sign in by email whatever its case.
  username_configuration {
    case_sensitive = false
  }

  software_token_mfa_configuration {
    enabled = true
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = true
    temporary_password_validity_days = 7
  }

  # Guide 7.2: accounts are made by administrators, with the bot's `cognito add-user`; nobody signs up.
  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # A new email counts once it is verified; until then the old one does.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  tags = { Name = var.name, Service = "cognito" }

  lifecycle {
    # An attribute can be added to a pool, and never be changed or removed: that would make a new pool, without users.
    ignore_changes = [schema]
  }
}

resource "aws_cognito_user_pool_client" "this" {
  name         = "${var.name}-app"
  user_pool_id = aws_cognito_user_pool.this.id

  # Apps on phones and in browsers keep no secret.
  generate_secret = false

  # USER_PASSWORD_AUTH is the guide's 7.3: the password itself travels. Without it, only its proof does (SRP).
  explicit_auth_flows = concat(
    ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    var.password_auth ? ["ALLOW_USER_PASSWORD_AUTH"] : [],
  )

  # A wrong email and a wrong password look alike.
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  access_token_validity  = 60
  id_token_validity      = 60
  refresh_token_validity = 30

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

# The backend's roles are these groups.
resource "aws_cognito_user_group" "this" {
  for_each = {
    ADMIN     = "Runs the platform"
    DRIVER    = "Accepts rides"
    PASSENGER = "Books rides"
  }

  name         = each.key
  description  = each.value
  user_pool_id = aws_cognito_user_pool.this.id
}
