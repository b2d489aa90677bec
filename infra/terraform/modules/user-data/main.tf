locals {
  settings = merge({ PORT = tostring(var.port) }, var.settings)

  # What user-data.sh asks for at its top. Everything is quoted: nothing in here is ever run.
  values = {
    REGION              = var.region
    SERVICE             = var.service
    LOG_GROUP           = var.log_group_name
    APPLICATION         = var.application ? "yes" : "no"
    NODE_MAJOR          = tostring(var.node_major)
    PM2_VERSION         = var.pm2_version
    SSM_AGENT_VERSION   = var.ssm_agent_version
    PORT                = tostring(var.port)
    HEALTH_PATH         = var.health_path
    ARTIFACT_BUCKET     = var.artifact_bucket == null ? "" : var.artifact_bucket
    CURRENT             = "current/${var.environment}/${var.service}"
    NEWEST              = var.newest ? "yes" : "no"
    RELEASE             = var.release == null ? "" : var.release
    SETTINGS            = join("", [for name, value in local.settings : "${name}=${value}\n"])
    DATABASE_IDENTIFIER = var.database_identifier == null ? "" : var.database_identifier
    MIGRATE             = var.migrate ? "yes" : "no"
    METRICS             = var.metrics ? "yes" : "no"
  }

  preamble = join("", [for name, value in local.values : "${name}='${replace(value, "'", "'\\''")}'\n"])

  script = "#!/bin/bash\n# Settings, from Terraform (modules/user-data).\n${local.preamble}${trimprefix(file("${path.module}/user-data.sh"), "#!/bin/bash\n")}"
}
