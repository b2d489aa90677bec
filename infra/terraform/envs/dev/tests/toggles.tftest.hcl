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

run "the_parameter_goes_before_tfvars" {
  command = plan

  variables {
    enable_web_admin  = true
    enable_web_driver = true
  }

  override_data {
    target = data.aws_ssm_parameter.toggles
    values = { insecure_value = "{\"enable_web_admin\": false, \"enable_web_passenger\": true}" }
  }

  assert {
    condition     = output.toggles.enable_web_passenger == { value = true, source = "parameter" } && length(module.web_passenger) == 1
    error_message = "The parameter does not switch on what terraform.tfvars has off."
  }

  assert {
    condition     = output.toggles.enable_web_admin == { value = false, source = "parameter" } && length(module.web_admin) == 0
    error_message = "The parameter does not switch off what terraform.tfvars has on."
  }

  assert {
    condition     = output.toggles.enable_web_driver == { value = true, source = "tfvars" } && length(module.web_driver) == 1
    error_message = "The variable does not count, or the parameter touches a toggle that it does not name."
  }

  assert {
    condition     = output.toggles.enable_rds == { value = false, source = "tfvars" }
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
