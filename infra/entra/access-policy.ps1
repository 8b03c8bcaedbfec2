Connect-MicrosoftTeams
New-CsApplicationAccessPolicy -Identity Interact -AppIds "{{app}}" -Description "Teams meetings for Interact"
Grant-CsApplicationAccessPolicy -PolicyName Interact -Identity "{{user}}"
# It takes up to 30 minutes until Teams knows.
