# Where a toggle's value comes from: terraform.tfvars, over it the parameter, over that what the bot plans with.

override_data {
  target = data.aws_ssm_parameter.toggles
  values = { insecure_value = "{}" }
}

run "nothing_is_on_as_delivered" {
  command = plan

  assert {
    condition     = alltrue([for toggle in values(output.toggles) : !toggle.value && toggle.source == "tfvars"])
    error_message = "terraform.tfvars switches something on."
  }

  assert {
    condition     = length(output.toggles) == 9
    error_message = "There are nine toggles."
  }
}

run "tfvars_switches_on" {
  command = plan

  variables {
    enable_web_admin = true
  }

  assert {
    condition     = output.toggles.enable_web_admin == { value = true, source = "tfvars" }
    error_message = "The variable does not count."
  }
}

run "parameter_switches_on_what_tfvars_has_off" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_web_admin\": true}" }
  }

  assert {
    condition     = output.toggles.enable_web_admin == { value = true, source = "parameter" }
    error_message = "The parameter does not go before terraform.tfvars."
  }

  assert {
    condition     = output.toggles.enable_web_driver == { value = false, source = "tfvars" }
    error_message = "The parameter touches a toggle that it does not name."
  }

  assert {
    condition     = length(module.web_admin) == 1 && length(module.web_driver) == 0
    error_message = "The toggle's value and what is made differ."
  }
}

run "parameter_switches_off_what_tfvars_has_on" {
  command = plan

  variables {
    enable_web_admin  = true
    enable_web_driver = true
  }

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_web_admin\": false}" }
  }

  assert {
    condition     = output.toggles.enable_web_admin == { value = false, source = "parameter" } && length(module.web_admin) == 0
    error_message = "The parameter does not go before terraform.tfvars."
  }

  assert {
    condition     = output.toggles.enable_web_driver.value && length(module.web_driver) == 1
    error_message = "The parameter touches a toggle that it does not name."
  }
}

run "what_is_planned_goes_before_the_parameter" {
  command = plan

  variables {
    planned_toggles = { enable_web_admin = true }
  }

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_web_admin\": false, \"enable_web_driver\": true}" }
  }

  assert {
    condition     = output.toggles.enable_web_admin == { value = true, source = "parameter" } && length(module.web_admin) == 1
    error_message = "What the bot plans with does not go before what the parameter still says."
  }

  assert {
    condition     = output.toggles.enable_web_driver == { value = true, source = "parameter" }
    error_message = "Planning one toggle loses another that the parameter has."
  }
}

run "unknown_toggle_is_not_planned" {
  command = plan

  variables {
    planned_toggles = { enable_web_amdin = true }
  }

  expect_failures = [var.planned_toggles]
}

run "parameter_of_text_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "on, please" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}

run "parameter_of_list_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "[true]" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}

run "parameter_of_null_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "null" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}

run "parameter_of_number_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "7" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}

run "parameter_of_string_value_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_rds\": \"true\"}" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}

run "parameter_of_null_value_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_rds\": null}" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}

run "parameter_of_unknown_name_stops_the_plan" {
  command = plan

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_rdss\": true}" }
  }

  expect_failures = [data.aws_ssm_parameter.toggles]
}
