//! `gj user`: accounts.

use crate::cli::User;
use crate::output;

pub async fn run(command: User) -> anyhow::Result<()> {
    let User::Token(arguments) = command;
    let gate = super::open(&arguments.place).await?;
    let token = gate.issue_token(&gate.local(&arguments.operator.user), &arguments.account).await?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&serde_json::json!({ "user": arguments.account, "token": token }));
    }
    println!("{token}");
    eprintln!("token of `{}`; it is shown once, only its digest is kept", arguments.account);
    Ok(())
}
