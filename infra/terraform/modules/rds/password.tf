# The master password exists in Secrets Manager and in the database, never in Terraform's state or plan. It is written
# before the database is made and read back for it: were a run to break off between the two, the next one finds the
# password that the first one made. Once the address is known, the secret gets a second version with all that a client
# needs.

resource "aws_secretsmanager_secret" "master" {
  name                    = "${var.name}-rds-master"
  description             = "Master user of ${local.identifier}"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days

  tags = merge(local.tags, { Name = "${var.name}-rds-master" })
}

# MySQL takes up to 41 characters; letters and digits alone need no quoting anywhere.
ephemeral "aws_secretsmanager_random_password" "master" {
  password_length            = 40
  exclude_punctuation        = true
  require_each_included_type = true
}

resource "aws_secretsmanager_secret_version" "password" {
  secret_id                = aws_secretsmanager_secret.master.id
  secret_string_wo         = jsonencode({ username = var.master_username, password = ephemeral.aws_secretsmanager_random_password.master.random_password })
  secret_string_wo_version = var.master_password_version

  # Secrets Manager forgets versions without a label. Terraform would then make this one again, with a password that
  # the database doesn't have: so it keeps a label of its own when "AWSCURRENT" moves on.
  version_stages = ["AWSCURRENT", "d2-password"]

  lifecycle {
    ignore_changes = [version_stages]
  }
}

# The secret's ARN out of the version's id, which is unknown, and so puts off the reading, until there is a version.
ephemeral "aws_secretsmanager_secret_version" "current" {
  secret_id = split("|", aws_secretsmanager_secret_version.password.id)[0]
}

resource "aws_secretsmanager_secret_version" "connection" {
  secret_id = aws_secretsmanager_secret.master.id
  secret_string_wo = jsonencode({
    engine   = "mysql"
    host     = aws_db_instance.this.address
    port     = local.port
    dbname   = var.database_name
    username = var.master_username
    password = jsondecode(ephemeral.aws_secretsmanager_secret_version.current.secret_string).password
  })
  secret_string_wo_version = var.master_password_version

  lifecycle {
    replace_triggered_by = [aws_db_instance.this.address, aws_secretsmanager_secret_version.password.version_id]
  }
}
