#pragma once

#include "actors/account/commands.hpp"
#include "actors/account/events.hpp"
#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Account {
  static constexpr EntityKind kind = EntityKind::account;
  using State = AccountState;
  using Rejection = AccountRejection;
  using Creates = List<Register>;
  using Commands =
      List<Register, VerifyEmail, ResendVerification, RecordLogin, RecordLoginFailure, CompleteChallenge,
           RefreshSession, RevokeSession, RevokeAllSessions, RequestPasswordReset, ResetPassword, ChangePassword,
           SetUpTwoFactor, EnableTwoFactor, DisableTwoFactor, ReplaceRecoveryCodes, SendPhoneCode, VerifyPhone,
           SetAccountStatus, SetRoles, DeleteAccount, OpenWorkFound, CreateApiKey, RevokeApiKey, TimerFired>;
  using Events =
      List<UserRegistered, VerificationSent, EmailVerified, UserLogin, LoginFailed, SecurityAlert, LoginChallenged,
           ChallengeFailed, SessionRefreshed, SessionRevoked, SessionsRevoked, PasswordResetSent, PasswordChanged,
           TwoFactorPrepared, TwoFactorEnabled, TwoFactorDisabled, RecoveryCodesReplaced, PhoneCodeSent,
           PhoneCodeFailed, PhoneVerified, UserSuspended, UserReactivated, RolesSet, UserDeleted, OpenWorkCancelled,
           ApiKeyCreated, ApiKeyRevoked, DeletionFinished>;
  using Queries =
      List<ViewAccount, ViewCredentials, ListSessions, ListSecurityEvents, ListApiKeys, CheckSession, CheckApiKey>;
};

Decision decide(const AccountState&, const Context&, const Register&);
Decision decide(const AccountState&, const Context&, const VerifyEmail&);
Decision decide(const AccountState&, const Context&, const ResendVerification&);
Decision decide(const AccountState&, const Context&, const RecordLogin&);
Decision decide(const AccountState&, const Context&, const RecordLoginFailure&);
Decision decide(const AccountState&, const Context&, const CompleteChallenge&);
Decision decide(const AccountState&, const Context&, const RefreshSession&);
Decision decide(const AccountState&, const Context&, const RevokeSession&);
Decision decide(const AccountState&, const Context&, const RevokeAllSessions&);
Decision decide(const AccountState&, const Context&, const RequestPasswordReset&);
Decision decide(const AccountState&, const Context&, const ResetPassword&);
Decision decide(const AccountState&, const Context&, const ChangePassword&);
Decision decide(const AccountState&, const Context&, const SetUpTwoFactor&);
Decision decide(const AccountState&, const Context&, const EnableTwoFactor&);
Decision decide(const AccountState&, const Context&, const DisableTwoFactor&);
Decision decide(const AccountState&, const Context&, const ReplaceRecoveryCodes&);
Decision decide(const AccountState&, const Context&, const SendPhoneCode&);
Decision decide(const AccountState&, const Context&, const VerifyPhone&);
Decision decide(const AccountState&, const Context&, const SetAccountStatus&);
Decision decide(const AccountState&, const Context&, const SetRoles&);
Decision decide(const AccountState&, const Context&, const DeleteAccount&);
Decision decide(const AccountState&, const Context&, const OpenWorkFound&);
Decision decide(const AccountState&, const Context&, const CreateApiKey&);
Decision decide(const AccountState&, const Context&, const RevokeApiKey&);
Decision decide(const AccountState&, const Context&, const TimerFired&);
void evolve(AccountState&, const UserRegistered&);
void evolve(AccountState&, const VerificationSent&);
void evolve(AccountState&, const EmailVerified&);
void evolve(AccountState&, const UserLogin&);
void evolve(AccountState&, const LoginFailed&);
void evolve(AccountState&, const SecurityAlert&);
void evolve(AccountState&, const LoginChallenged&);
void evolve(AccountState&, const ChallengeFailed&);
void evolve(AccountState&, const SessionRefreshed&);
void evolve(AccountState&, const SessionRevoked&);
void evolve(AccountState&, const SessionsRevoked&);
void evolve(AccountState&, const PasswordResetSent&);
void evolve(AccountState&, const PasswordChanged&);
void evolve(AccountState&, const TwoFactorPrepared&);
void evolve(AccountState&, const TwoFactorEnabled&);
void evolve(AccountState&, const TwoFactorDisabled&);
void evolve(AccountState&, const RecoveryCodesReplaced&);
void evolve(AccountState&, const PhoneCodeSent&);
void evolve(AccountState&, const PhoneCodeFailed&);
void evolve(AccountState&, const PhoneVerified&);
void evolve(AccountState&, const UserSuspended&);
void evolve(AccountState&, const UserReactivated&);
void evolve(AccountState&, const RolesSet&);
void evolve(AccountState&, const UserDeleted&);
void evolve(AccountState&, const OpenWorkCancelled&);
void evolve(AccountState&, const DeletionFinished&);
void evolve(AccountState&, const ApiKeyCreated&);
void evolve(AccountState&, const ApiKeyRevoked&);
Answer answer(const AccountState&, const Context&, const ViewAccount&);
Answer answer(const AccountState&, const Context&, const ViewCredentials&);
Answer answer(const AccountState&, const Context&, const ListSessions&);
Answer answer(const AccountState&, const Context&, const ListSecurityEvents&);
Answer answer(const AccountState&, const Context&, const ListApiKeys&);
Answer answer(const AccountState&, const Context&, const CheckSession&);
Answer answer(const AccountState&, const Context&, const CheckApiKey&);

}  // namespace caravan
