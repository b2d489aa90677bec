# What the bot looks after; d2.yaml says who may do what there.
environments           = ["dev", "prod"]
stoppable_environments = ["dev"]
toggle_environments    = ["dev"]

# From the second apply on: the image, by the commit that it was built from, and the filled-in d2.yaml.
# Here and not by -var: the next apply without it would be refused, or run an older one.
# image_tag   = "0123456789abcdef0123456789abcdef01234567"
# config_path = "../../../../d2.yaml"

# Who hears that the bot is down.
# emails = ["platform@example.com"]

# Once toggles are to be set from Slack: main's commit that the workflow infra-release has put into the artifact bucket.
# infra_commit = "0123456789abcdef0123456789abcdef01234567"
