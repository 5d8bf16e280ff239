#pragma once

#include "actors/account/closing.hpp"
#include "actors/account/commands.hpp"
#include "actors/account/events.hpp"
#include "actors/account/queries.hpp"
#include "actors/account/standing.hpp"
#include "actors/account/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Account {
  static constexpr EntityKind kind = EntityKind::account;
  using State = AccountState;
  using Rejection = AccountRejection;
  using Creates = List<Register>;
  using Commands = List<Register, VerifyEmail, ResendVerification, RecordLogin, RecordLoginFailure, CompleteChallenge,
                        RefreshSession, RevokeSession, RevokeAllSessions, RequestPasswordReset, ResetPassword,
                        ChangePassword, SetUpTwoFactor, EnableTwoFactor, DisableTwoFactor, ReplaceRecoveryCodes,
                        SendPhoneCode, VerifyPhone, SetAccountStatus, SetRoles, DeleteAccount, OpenWorkFound,
                        CreateApiKey, RevokeApiKey, RequestEmailChange, RedeemEmailChange, RejectEmail, NotePhoneChange,
                        StepUp, RestoreAdministrator, UndoChanges, RequestTwoFactorRemoval, KeepTwoFactor,
                        MailPayoutChange, NoteRolesGiven, TakeRolesBack, AskStanding, TimerFired>;
  using Events =
      List<UserRegistered, VerificationSent, EmailVerified, UserLogin, LoginFailed, SecurityAlert, LoginChallenged,
           ChallengeFailed, SessionRefreshed, SessionRevoked, SessionsRevoked, PasswordResetSent, PasswordChanged,
           TwoFactorPrepared, TwoFactorEnabled, TwoFactorDisabled, RecoveryCodesReplaced, PhoneCodeSent,
           PhoneCodeFailed, PhoneVerified, UserSuspended, UserReactivated, RolesSet, UserDeleted, OpenWorkCancelled,
           ApiKeyCreated, ApiKeyRevoked, DeletionFinished, ApiKeysRevoked, EmailChangeRequested, EmailChanged,
           EmailChangeRejected, PhoneChanged, SteppedUp, ChangesUndone, UndosEnded, TwoFactorRemovalRequested,
           TwoFactorKept, UndosVoided, PayoutUndoMailed, RolesGiven, UndoRenewed, DeletionRequested, DeletionTakenBack,
           TiesForgotten>;
  using Queries = List<ViewAccount, ViewCredentials, ListSessions, ListSecurityEvents, ListApiKeys, CheckSession,
                       CheckApiKey, CheckEmailChange, CheckPhoneCode, ViewAppointment, ViewDeparture, CheckClient,
                       ListRolesGiven, ListGrantRoots>;
};

}  // namespace caravan
