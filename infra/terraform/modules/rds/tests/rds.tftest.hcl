provider "aws" {
  region = "ap-southeast-1"
}

variables {
  name              = "d2-test"
  subnet_ids        = ["subnet-00000000000000001", "subnet-00000000000000002"]
  security_group_id = "sg-00000000000000001"
  engine_version    = "8.0"
}

run "careful_by_default" {
  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.backup_retention_period == 7
    error_message = "Data would be easy to lose."
  }

  assert {
    condition     = aws_secretsmanager_secret.master.recovery_window_in_days == 30
    error_message = "The deleted secret can't be had back."
  }

  assert {
    condition     = aws_db_instance.this.monitoring_interval == 0 && !aws_db_instance.this.performance_insights_enabled
    error_message = "Something that costs is on."
  }

  assert {
    condition     = output.address == aws_db_instance.this.address && output.port == 3306 && output.master_secret_arn == aws_secretsmanager_secret.master.arn
    error_message = "An output is another's."
  }
}

run "another_snapshot_leaves_a_database_in_use_alone" {
  command = plan

  variables {
    snapshot_identifier = "d2-test-of-yesterday"
  }

  assert {
    condition     = aws_db_instance.this.resource_id == run.careful_by_default.resource_id
    error_message = "The database would be replaced."
  }
}

run "a_new_password_goes_to_the_secret_and_to_the_database" {
  variables {
    master_password_version = 2
  }

  assert {
    condition     = aws_db_instance.this.password_wo_version == 2 && aws_secretsmanager_secret_version.password.secret_string_wo_version == 2 && aws_secretsmanager_secret_version.connection.secret_string_wo_version == 2
    error_message = "The secret and the database would have different passwords."
  }

  assert {
    condition     = aws_db_instance.this.resource_id == run.careful_by_default.resource_id
    error_message = "The database was replaced."
  }
}

run "restores_from_a_snapshot" {
  state_key = "restored"

  variables {
    name                = "d2-restored"
    snapshot_identifier = "d2-test-of-yesterday"
  }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "d2-test-of-yesterday"
    error_message = "The database starts empty."
  }
}

run "next_major_version_brings_its_own_parameter_group" {
  command = plan

  variables {
    engine_version              = "8.4"
    allow_major_version_upgrade = true
    extended_support            = false
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "mysql8.4" && aws_db_instance.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "The parameter group is not of the engine's version, or Extended Support would be paid."
  }
}

run "refuses_what_rds_would_refuse_later" {
  command = plan

  variables {
    engine_version        = "5.7"
    subnet_ids            = ["subnet-00000000000000001"]
    instance_class        = "t3.micro"
    allocated_storage     = 10
    secret_recovery_days  = 3
    backup_retention_days = 36
    log_exports           = ["slow"]
    monitoring            = { seconds = 7, role_arn = "arn:aws:iam::000011112222:role/x" }
  }

  expect_failures = [
    var.engine_version, var.subnet_ids, var.instance_class, var.allocated_storage,
    var.secret_recovery_days, var.backup_retention_days, var.log_exports, var.monitoring,
  ]
}

run "refuses_to_grow_to_less_than_it_has" {
  command = plan

  variables {
    max_allocated_storage = 20
  }

  expect_failures = [var.max_allocated_storage]
}
